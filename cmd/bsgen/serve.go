package main
import "github.com/spf13/cobra"
func serveCommand(g *globals) *cobra.Command { return &cobra.Command{Use: "serve"} }
