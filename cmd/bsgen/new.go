package main
import "github.com/spf13/cobra"
func newCommand(g *globals) *cobra.Command { return &cobra.Command{Use: "new"} }
