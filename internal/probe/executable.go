package probe

import (
	"debug/buildinfo"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// machines are Lambda's architectures as Go calls them, with ELF's names.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// goArch is an architecture as Go calls it. Lambda's own names are x86_64 and arm64.
func goArch(arch string) (string, error) {
	if arch == "x86_64" {
		return "amd64", nil
	}
	if _, ok := machines[arch]; !ok {
		return "", fmt.Errorf("architecture %q: want x86_64 (amd64) or arm64", arch)
	}
	return arch, nil
}

// runsInLambda says why a program cannot be the bootstrap of a function: nil where it is an executable for Linux on the
// architecture that needs no shared library, and was built from the package.
func runsInLambda(path, arch, program string) error {
	info, err := buildinfo.ReadFile(path)
	switch {
	case err != nil:
		return fmt.Errorf("%s was not built by Go: %w", path, err)
	case info.Path != program:
		return fmt.Errorf("%s is %s and not %s", path, info.Path, program)
	}
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("%s is no program for Linux: %w", path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	switch {
	case f.OSABI != elf.ELFOSABI_NONE && f.OSABI != elf.ELFOSABI_LINUX:
		return fmt.Errorf("%s is a program for %v and not for Linux", path, f.OSABI)
	case f.Machine != machines[arch]:
		return fmt.Errorf("%s is a program for %v and not for %s", path, f.Machine, arch)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("%s is dynamically linked", path)
		}
	}
	if libs, err := f.DynString(elf.DT_NEEDED); err == nil && len(libs) > 0 {
		return fmt.Errorf("%s needs %s", path, libs[0])
	}
	return nil
}

// Where the file header of 64-bit ELF tells of the section headers.
const (
	sectionsAt     = 0x28 // uint64, the offset of the first
	sectionCountAt = 0x3c // uint16
	sectionNamesAt = 0x3e // uint16, which of them holds the names
	headerLen      = 0x40
)

// stripped reads a program without what is not loaded: debug information and symbols, which the linker writes behind
// everything else, and the section headers, which only debuggers and linkers read. Of wavetank that is a quarter and
// more. It needs no toolchain, and the program stays the one that runs here.
func stripped(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := elf.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	end := uint64(headerLen)
	for _, p := range f.Progs {
		end = max(end, p.Off+p.Filesz)
	}
	if f.Class != elf.ELFCLASS64 || f.Data != elf.ELFDATA2LSB || end > uint64(len(b)) {
		return nil, fmt.Errorf("read %s: %w", path, errors.ErrUnsupported)
	}
	b = b[:end]
	binary.LittleEndian.PutUint64(b[sectionsAt:], 0)
	binary.LittleEndian.PutUint16(b[sectionCountAt:], 0)
	binary.LittleEndian.PutUint16(b[sectionNamesAt:], 0)
	return b, nil
}
