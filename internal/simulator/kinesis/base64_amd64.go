package kinesis

// hasBlocks tells whether the processor has PSHUFB (SSSE3), as nearly all since 2006 have.
var hasBlocks = shuffles()

// decodeBlocks decodes blocks of 16 characters into 12 bytes each, and writes four more behind the last. There is at least one.
//
//go:noescape
func decodeBlocks(dst, src *byte, blocks int) (wrong bool)

// encodeBlocks encodes blocks of 12 bytes into 16 characters each, and reads four bytes more behind the last. There is at least one.
//
//go:noescape
func encodeBlocks(dst, src *byte, blocks int)

// shuffles asks the processor (CPUID, leaf 1).
func shuffles() bool
