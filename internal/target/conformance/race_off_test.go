//go:build !race

package conformance

import "flag"

// Many cases wait on the wall's clock, for a delivery: more of them at once than there may be processors. The command line's
// -parallel comes after it.
func init() {
	manyAtOnce = func() error { return flag.Set("test.parallel", "8") }
}
