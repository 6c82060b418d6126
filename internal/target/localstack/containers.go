package localstack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	ownLabel      = "wavetank.localstack"          // of LocalStack and all it starts: which one
	servicesLabel = "wavetank.localstack.services" // which it loads
	between       = 100 * time.Millisecond         // two looks at Docker
)

// containerName is the one name of an image's container that is left for later runs.
func containerName(image string) string {
	return "wavetank-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, image)
}

// nonce tells the containers of one call from those of all others.
func nonce() string { return strings.ToLower(rand.Text()[:10]) }

// inspected is what Docker knows of a container, as far as we ask.
type inspected struct {
	ID    string `json:"Id"`
	State struct {
		Running   bool
		ExitCode  int
		OOMKilled bool
	}
	Config struct {
		Labels map[string]string
	}
	NetworkSettings struct {
		Ports    map[string][]struct{ HostIP, HostPort string }
		Networks map[string]struct{ Gateway string }
	}
}

// inspect looks at a container by its id or name; nil: there is none.
func (d *daemon) inspect(ctx context.Context, id string) (*inspected, error) {
	var c inspected
	err := d.call(ctx, http.MethodGet, "/containers/"+id+"/json", &c)
	if refusedWith(err, http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at container %s: %w", id, err)
	}
	return &c, nil
}

// gateway is the address of Docker's host in a container's network; "" where it has none.
func (c *inspected) gateway() string {
	for _, name := range slices.Sorted(maps.Keys(c.NetworkSettings.Networks)) {
		if g := c.NetworkSettings.Networks[name].Gateway; g != "" {
			return g
		}
	}
	return ""
}

// labelled are the ids of all containers with a value of ownLabel, whether they run or not.
func (d *daemon) labelled(ctx context.Context, label string) ([]string, error) {
	filters, err := json.Marshal(map[string][]string{"label": {ownLabel + "=" + label}})
	if err != nil {
		return nil, err
	}
	var found []struct {
		ID string `json:"Id"`
	}
	list := "/containers/json?" + url.Values{"all": {"1"}, "filters": {string(filters)}}.Encode()
	if err := d.call(ctx, http.MethodGet, list, &found); err != nil {
		return nil, fmt.Errorf("list containers: %w", err)
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	return ids, nil
}

// removeLabelled removes every container with a value of ownLabel, and returns when none is left.
func (d *daemon) removeLabelled(ctx context.Context, label string) error {
	for {
		left, err := d.labelled(ctx, label)
		if len(left) == 0 || err != nil {
			return err
		}
		for _, id := range left {
			if err := d.remove(ctx, id); err != nil {
				return err
			}
		}
		if err := pause(ctx, between); err != nil { // Docker lists a container until it is all gone
			return err
		}
	}
}

// remove kills and removes a container and its volumes. One that is gone, or going, is no error.
func (d *daemon) remove(ctx context.Context, id string) error {
	err := d.call(ctx, http.MethodDelete, "/containers/"+id+"?force=1&v=1", nil)
	if err == nil || refusedWith(err, http.StatusNotFound) || refusedWith(err, http.StatusConflict) {
		return nil
	}
	return fmt.Errorf("remove container %s: %w", id, err)
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
