package main
import "github.com/spf13/cobra"
func verifyCommand(g *globals) *cobra.Command { return &cobra.Command{Use: "verify"} }
