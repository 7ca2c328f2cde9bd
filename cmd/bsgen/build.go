package main
import "github.com/spf13/cobra"
func buildCommand(g *globals) *cobra.Command { return &cobra.Command{Use: "build"} }
