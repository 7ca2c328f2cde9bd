package main
import "github.com/spf13/cobra"
func showCommand(g *globals) *cobra.Command { return &cobra.Command{Use: "show"} }
