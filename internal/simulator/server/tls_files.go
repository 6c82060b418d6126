package server

import (
	"encoding/pem"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
)

// namesOf are the names and addresses of loopback, 127.0.0.1 first, and of hosts.
func namesOf(hosts []string) (names []string, addresses []net.IP) {
	names, addresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}
	for _, host := range hosts {
		ip := net.ParseIP(host)
		switch {
		case slices.Contains(names, host) || slices.ContainsFunc(addresses, ip.Equal):
		case ip.To4() != nil:
			addresses = append(addresses, ip.To4())
		case ip != nil:
			addresses = append(addresses, ip)
		default:
			names = append(names, host)
		}
	}
	return names, addresses
}

// permitted are the names and the ranges of addresses that an authority for hosts may sign for.
func permitted(hosts []string) (names []string, ranges []*net.IPNet) {
	names, addresses := namesOf(hosts)
	ranges = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}} // all of loopback
	for _, ip := range addresses[1:] {
		bits := 8 * len(ip)
		ranges = append(ranges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
	return names, ranges
}

func encodePEM(kind string, raw []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})
}

// writeNew writes a file that is not there, all of it or nothing; where another process was faster it is fs.ErrExist. A link
// is the one way to name a file at once and only if the name is free.
func writeNew(file string, text []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), file)
}
