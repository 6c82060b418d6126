package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
)

// readTemplate reads the file of a template. One whose digest the scenario states may be missing: an old run's scenario
// can be read where the data is no longer, and only making its records fails.
func readTemplate(d *decoder, n *node, t *Template) {
	data, _, err := d.open(t.File)
	switch {
	case err != nil && t.SHA256 != "":
		return
	case err != nil:
		d.errorf(n.get("file"), "cannot read the template: %v", err)
		return
	case len(data) == 0:
		d.errorf(n.get("file"), "found an empty file, want at least one record")
		return
	}
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	if t.SHA256 != "" && t.SHA256 != digest {
		d.errorf(n.get("sha256"), "found %s, but the file's digest is %s: it is not the one that was meant", t.SHA256, digest)
		return
	}
	t.Data, t.SHA256 = data, digest
}
