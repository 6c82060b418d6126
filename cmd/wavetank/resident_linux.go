package main

import (
	"bufio"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// forgetStart gives back memory that only starting needed: the garbage, and the pages of the program that were read to set
// up what serving does not use, such as the clients of Docker and of AWS. Who looks at the process sees what it needs. The
// pages stay in the system's cache; one that is needed again is there again with the next access.
func forgetStart() {
	debug.FreeOSMemory()
	for _, m := range ownMappings() {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.start, m.end-m.start, syscall.MADV_DONTNEED) // a hint
	}
}

// mapping is where a part of a file is in memory.
type mapping struct{ start, end uintptr }

// ownMappings are the parts of the program's file that are in memory as they are in the file: not writable, and never
// written to by a linker. Of those alone the pages may be dropped.
func ownMappings() (clean []mapping) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }() // it was read only
	var at mapping
	candidate := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) >= 6 && !strings.HasSuffix(fields[0], ":"): // the head of a mapping: 00400000-0123a000 r-xp 0 fe:00 12 /path
			at, candidate = parseMapping(fields[0])
			candidate = candidate && !strings.Contains(fields[1], "w") && strings.HasSuffix(lines.Text(), " "+program)
		case len(fields) == 5 && !strings.HasSuffix(fields[0], ":"): // one without a file
			candidate = false
		case candidate && len(fields) >= 2 && fields[0] == "Anonymous:" && fields[1] == "0": // none of its pages was written
			clean = append(clean, at)
		}
	}
	return clean
}

func parseMapping(text string) (m mapping, ok bool) {
	from, to, _ := strings.Cut(text, "-")
	start, err1 := strconv.ParseUint(from, 16, strconv.IntSize)
	end, err2 := strconv.ParseUint(to, 16, strconv.IntSize)
	return mapping{uintptr(start), uintptr(end)}, err1 == nil && err2 == nil && start < end
}
