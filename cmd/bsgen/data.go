package main
import "github.com/spf13/cobra"
func dataCommand(g *globals) *cobra.Command { return &cobra.Command{Use: "data"} }
