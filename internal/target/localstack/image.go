package localstack

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/testcontainers/testcontainers-go"
)

// images sees to it that the images are there, so that testcontainers, which tries for many minutes, need not pull. Where
// a prefix for images is configured, the names are testcontainers' own matter.
func (s *start) images(ctx context.Context) error {
	properties := testcontainers.ReadConfig().Config
	if properties.HubImageNamePrefix != "" {
		return nil
	}
	next := "name one that is there with --localstack-image, or see why docker pull " + s.Image + " fails"
	if err := s.image(ctx, s.Image, next); err != nil || properties.RyukDisabled {
		return err
	}
	//nolint:staticcheck // the deprecated name is the only one by which the image of this version can be learnt
	reaper := testcontainers.ReaperDefaultImage
	return s.image(ctx, reaper, "see why docker pull "+reaper+
		" fails, or do without what removes containers after a kill: TESTCONTAINERS_RYUK_DISABLED=true")
}

// image pulls an image that is not there; next is what to do where that fails.
func (s *start) image(ctx context.Context, image, next string) error {
	err := s.daemon.call(ctx, http.MethodGet, "/images/"+image+"/json", nil)
	switch {
	case err == nil:
		return nil
	case !refusedWith(err, http.StatusNotFound):
		return fmt.Errorf("look for the image %s: %w", image, err)
	}
	s.say("pulling " + image)
	credentials := ""
	if s.credentials != nil {
		credentials = s.credentials(ctx, image)
	}
	switch err := s.daemon.pull(ctx, image, credentials); {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &Unavailable{
			Reason: fmt.Sprintf("the image %s is not there and cannot be pulled (%s)", image, oneLine(err.Error())), Next: next, Err: err,
		}
	}
	return nil
}

// registryCredentials are the user's for an image's registry, as Docker's API takes them; "" where there are none.
func registryCredentials(ctx context.Context, image string) string {
	_, auth, err := testcontainers.DockerImageAuth(ctx, image)
	if err != nil {
		return "" // it tells nobody apart from somebody: most images need none
	}
	text, err := json.Marshal(auth)
	if err != nil {
		return ""
	}
	return base64.URLEncoding.EncodeToString(text)
}

// pull pulls an image.
func (d *daemon) pull(ctx context.Context, image, credentials string) error {
	header := http.Header{}
	if credentials != "" {
		header.Set("X-Registry-Auth", credentials)
	}
	name, tag := splitImage(image)
	query := url.Values{"fromImage": {name}, "tag": {tag}}
	response, err := d.open(ctx, http.MethodPost, "/images/create?"+query.Encode(), header)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body) // progress, and the error where there is one
	for lines.Scan() {
		var line struct{ Error string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Error != "" {
			return errors.New(line.Error)
		}
	}
	return lines.Err()
}

// splitImage cuts an image's name from its tag or digest.
func splitImage(image string) (name, tag string) {
	if name, digest, ok := strings.Cut(image, "@"); ok {
		return name, digest
	}
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i+1:]
	}
	return image, "latest"
}

// oneLine is a message without its line breaks, at a length that can be read.
func oneLine(text string) string {
	const most = 300
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = text[:most] + " …"
	}
	return text
}
