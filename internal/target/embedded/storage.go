package embedded

import (
	"fmt"

	"github.com/wavetank/wavetank/scenarios"
)

// full ends the run: neither memory nor disk has room, and the scenario wants that to be a failure.
func (t *Target) full(error) {
	if t.config.End != nil {
		t.config.End("there is no room for more records: " + storageWords(t.scenario.Storage))
	}
}

// Notes tell what was refused for want of room.
func (t *Target) Notes() []string {
	if t.disk == nil || t.disk.Refused() == 0 {
		return nil
	}
	return []string{fmt.Sprintf("there was no room for more records: %d attempts to put one were refused with InternalFailure: %s",
		t.disk.Refused(), storageWords(t.scenario.Storage))}
}

// storageWords are the caps that were reached.
func storageWords(s scenarios.Storage) string {
	return fmt.Sprintf("storage.memory %v and storage.disk %v are full, and storage.full is %s", s.Memory, s.Disk, s.Full)
}
