//go:build !amd64

package kinesis

const hasBlocks = false

func decodeBlocks(_, _ *byte, _ int) (wrong bool) { panic("there are no blocks") }

func encodeBlocks(_, _ *byte, _ int) { panic("there are no blocks") }
