#include "textflag.h"

// The lookups by PSHUFB are Wojciech Muła's and Daniel Lemire's ("Faster Base64 Encoding and Decoding Using AVX2
// Instructions", 2018), for 16 characters at a time.

// decodeLo and decodeHi have a bit in common where a character of these nibbles is not of the alphabet.
DATA decodeLo<>+0x00(SB)/8, $0x1111111111111115
DATA decodeLo<>+0x08(SB)/8, $0x1A1B1B1B1A131111
GLOBL decodeLo<>(SB), RODATA|NOPTR, $16
DATA decodeHi<>+0x00(SB)/8, $0x0804080402011010
DATA decodeHi<>+0x08(SB)/8, $0x1010101010101010
GLOBL decodeHi<>(SB), RODATA|NOPTR, $16

// decodeRoll is what is added to a character to get its value, by its high nibble; '/' has the place of one less.
DATA decodeRoll<>+0x00(SB)/8, $0xB9B9BFBF04131000
DATA decodeRoll<>+0x08(SB)/8, $0x0000000000000000
GLOBL decodeRoll<>(SB), RODATA|NOPTR, $16

DATA slash<>+0x00(SB)/8, $0x2F2F2F2F2F2F2F2F
DATA slash<>+0x08(SB)/8, $0x2F2F2F2F2F2F2F2F
GLOBL slash<>(SB), RODATA|NOPTR, $16

// Two values of 6 bits are put together to 12 bits, two of these to 24, and these are put in order.
DATA decodeTwo<>+0x00(SB)/8, $0x0140014001400140
DATA decodeTwo<>+0x08(SB)/8, $0x0140014001400140
GLOBL decodeTwo<>(SB), RODATA|NOPTR, $16
DATA decodeFour<>+0x00(SB)/8, $0x0001100000011000
DATA decodeFour<>+0x08(SB)/8, $0x0001100000011000
GLOBL decodeFour<>(SB), RODATA|NOPTR, $16
DATA decodeOrder<>+0x00(SB)/8, $0x090A040506000102
DATA decodeOrder<>+0x08(SB)/8, $0xFFFFFFFF0C0D0E08
GLOBL decodeOrder<>(SB), RODATA|NOPTR, $16

// func decodeBlocks(dst, src *byte, blocks int) (wrong bool)
TEXT ·decodeBlocks(SB), NOSPLIT, $0-25
	MOVQ  dst+0(FP), DI
	MOVQ  src+8(FP), SI
	MOVQ  blocks+16(FP), CX
	MOVOU decodeLo<>(SB), X8
	MOVOU decodeHi<>(SB), X9
	MOVOU decodeRoll<>(SB), X10
	MOVOU slash<>(SB), X11
	MOVOU decodeTwo<>(SB), X12
	MOVOU decodeFour<>(SB), X13
	MOVOU decodeOrder<>(SB), X14
	PXOR  X15, X15               // what was wrong so far

loop:
	MOVOU     (SI), X0
	MOVOA     X0, X1
	PSRLL     $4, X1
	PAND      X11, X1            // high nibbles
	MOVOA     X0, X2
	PAND      X11, X2            // low nibbles
	MOVOA     X9, X3
	PSHUFB    X1, X3
	MOVOA     X8, X4
	PSHUFB    X2, X4
	PAND      X3, X4
	POR       X4, X15
	MOVOA     X0, X5
	PCMPEQB   X11, X5
	PADDB     X1, X5
	MOVOA     X10, X6
	PSHUFB    X5, X6
	PADDB     X6, X0             // values
	PMADDUBSW X12, X0
	PMADDWL   X13, X0
	PSHUFB    X14, X0
	MOVOU     X0, (DI)
	ADDQ      $16, SI
	ADDQ      $12, DI
	DECQ      CX
	JNZ       loop

	PXOR     X0, X0
	PCMPEQB  X0, X15
	PMOVMSKB X15, AX
	CMPL     AX, $0xFFFF
	SETNE    wrong+24(FP)
	RET

DATA encodeOrder<>+0x00(SB)/8, $0x0405030401020001
DATA encodeOrder<>+0x08(SB)/8, $0x0A0B090A07080607
GLOBL encodeOrder<>(SB), RODATA|NOPTR, $16
DATA encodeFirst<>+0x00(SB)/8, $0x0FC0FC000FC0FC00
DATA encodeFirst<>+0x08(SB)/8, $0x0FC0FC000FC0FC00
GLOBL encodeFirst<>(SB), RODATA|NOPTR, $16
DATA encodeDown<>+0x00(SB)/8, $0x0400004004000040
DATA encodeDown<>+0x08(SB)/8, $0x0400004004000040
GLOBL encodeDown<>(SB), RODATA|NOPTR, $16
DATA encodeSecond<>+0x00(SB)/8, $0x003F03F0003F03F0
DATA encodeSecond<>+0x08(SB)/8, $0x003F03F0003F03F0
GLOBL encodeSecond<>(SB), RODATA|NOPTR, $16
DATA encodeUp<>+0x00(SB)/8, $0x0100001001000010
DATA encodeUp<>+0x08(SB)/8, $0x0100001001000010
GLOBL encodeUp<>(SB), RODATA|NOPTR, $16
DATA fiftyOne<>+0x00(SB)/8, $0x3333333333333333
DATA fiftyOne<>+0x08(SB)/8, $0x3333333333333333
GLOBL fiftyOne<>(SB), RODATA|NOPTR, $16
DATA twentySix<>+0x00(SB)/8, $0x1A1A1A1A1A1A1A1A
DATA twentySix<>+0x08(SB)/8, $0x1A1A1A1A1A1A1A1A
GLOBL twentySix<>(SB), RODATA|NOPTR, $16
DATA thirteen<>+0x00(SB)/8, $0x0D0D0D0D0D0D0D0D
DATA thirteen<>+0x08(SB)/8, $0x0D0D0D0D0D0D0D0D
GLOBL thirteen<>(SB), RODATA|NOPTR, $16

// encodeShift is what is added to a value to get its character: of a-z, ten digits, +, / and A-Z.
DATA encodeShift<>+0x00(SB)/8, $0xFCFCFCFCFCFCFC47
DATA encodeShift<>+0x08(SB)/8, $0x000041F0EDFCFCFC
GLOBL encodeShift<>(SB), RODATA|NOPTR, $16

// func encodeBlocks(dst, src *byte, blocks int)
TEXT ·encodeBlocks(SB), NOSPLIT, $0-24
	MOVQ  dst+0(FP), DI
	MOVQ  src+8(FP), SI
	MOVQ  blocks+16(FP), CX
	MOVOU encodeOrder<>(SB), X6
	MOVOU encodeFirst<>(SB), X7
	MOVOU encodeDown<>(SB), X8
	MOVOU encodeSecond<>(SB), X9
	MOVOU encodeUp<>(SB), X10
	MOVOU fiftyOne<>(SB), X11
	MOVOU twentySix<>(SB), X12
	MOVOU thirteen<>(SB), X13
	MOVOU encodeShift<>(SB), X14

loop:
	MOVOU   (SI), X0
	PSHUFB  X6, X0
	MOVOA   X0, X1
	PAND    X7, X0
	PMULHUW X8, X0
	PAND    X9, X1
	PMULLW  X10, X1
	POR     X1, X0               // values
	MOVOA   X0, X1
	PSUBUSB X11, X1
	MOVOA   X12, X2
	PCMPGTB X0, X2
	PAND    X13, X2
	POR     X2, X1
	MOVOA   X14, X3
	PSHUFB  X1, X3
	PADDB   X3, X0
	MOVOU   X0, (DI)
	ADDQ    $12, SI
	ADDQ    $16, DI
	DECQ    CX
	JNZ     loop
	RET

// func shuffles() bool
TEXT ·shuffles(SB), NOSPLIT, $0-1
	MOVL  $1, AX
	XORL  CX, CX
	CPUID
	SHRL  $9, CX
	ANDL  $1, CX
	MOVB  CX, ret+0(FP)
	RET
