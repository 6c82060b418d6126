package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// request is one that the SDK's clients would not send. The zero value of kind is AWS's JSON.
type request struct {
	operation string // of Kinesis
	kind      string // content type
	body      []byte
	unsigned  bool
}

// answer is what came back.
type answer struct {
	status  int
	kind    string
	body    []byte
	code    string // of an error, without its namespace
	message string
}

func (a *answer) String() string {
	if a.code != "" {
		return fmt.Sprintf("%d %s: %s", a.status, a.code, a.message)
	}
	return fmt.Sprintf("%d %s, %d bytes", a.status, a.kind, len(a.body))
}

const jsonKind = "application/x-amz-json-1.1"

// send sends a request of one's own, signed as the SDK would.
func (b *bench) send(ctx context.Context, q request) (*answer, error) {
	to, err := kinesis.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, kinesis.EndpointParameters{
		Region: &b.config.Region, Endpoint: b.config.BaseEndpoint,
	})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(to.URI.String(), "/")+"/", bytes.NewReader(q.body))
	if err != nil {
		return nil, err
	}
	if q.kind == "" {
		q.kind = jsonKind
	}
	r.Header.Set("Content-Type", q.kind)
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+q.operation)
	if !q.unsigned {
		who, err := b.config.Credentials.Retrieve(ctx)
		if err != nil {
			return nil, err
		}
		hash := sha256.Sum256(q.body)
		if err := v4.NewSigner().SignHTTP(ctx, who, r, hex.EncodeToString(hash[:]), "kinesis", b.config.Region, time.Now()); err != nil {
			return nil, err
		}
	}
	resp, err := b.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return readAnswer(resp)
}

func readAnswer(resp *http.Response) (*answer, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	a := &answer{status: resp.StatusCode, kind: kind, body: body}
	var e struct {
		Type    string `json:"__type"`
		Message string // matches message and Message
	}
	if a.status >= 300 && json.Unmarshal(body, &e) == nil {
		a.code, a.message = e.Type[strings.LastIndex(e.Type, "#")+1:], e.Message
	}
	return a, nil
}

// wants is the finding on an answer that should be an error with a status and a code.
func (a *answer) wants(status int, code string) Finding {
	switch {
	case a.status < 300:
		return doesNot("accepted with status %d", a.status)
	case a.status != status || a.code != code:
		return differs("%v, not %d %s", a, status, code)
	}
	return does("%v", a)
}
