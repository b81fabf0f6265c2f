package main

import "github.com/spf13/cobra"

func (c *cli) trainCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "train", Short: "训练模型"}
	cmd.AddCommand(c.trainRanker(), c.trainVectors(), c.trainCodes())
	return cmd
}
