package server

import (
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"

	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// Config is what a server is made of. AWS must be set.
type Config struct {
	AWS     *simulator.AWS
	Faults  fault.Hook   // sees every request first; nil: nobody
	Account string       // of requests whose access key id is not an account number; 123456789012
	Seed    uint64       // of the choice of records that a fault refuses
	Logger  *slog.Logger // nil: nothing is logged
}

// Server is the HTTP handler in front of the services. It is safe for concurrent use.
type Server struct {
	cfg    Config
	logger *slog.Logger

	mu       sync.Mutex
	rand     *rand.Rand                     // of fault shares
	closings map[*http.Server]chan struct{} // of those that serve subscriptions
}

// New makes a server.
func New(cfg Config) *Server {
	if cfg.Account == "" {
		cfg.Account = "123456789012"
	}
	s := &Server{cfg: cfg, logger: cfg.Logger, rand: rand.New(rand.NewPCG(cfg.Seed, 0x77617665))}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(w, r)
	serve := s.route(r, c)
	if serve == nil {
		return
	}
	c.world = s.cfg.AWS.World(c.account, c.region)
	serve(w, r, c)
}

// newRequestID is a random UUID.
func newRequestID() string { return string(appendRequestID(nil)) }

func appendRequestID(dst []byte) []byte {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(b[8:], rand.Uint64())
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	dst = append(hex.AppendEncode(dst, b[:4]), '-')
	dst = append(hex.AppendEncode(dst, b[4:6]), '-')
	dst = append(hex.AppendEncode(dst, b[6:8]), '-')
	dst = append(hex.AppendEncode(dst, b[8:10]), '-')
	return hex.AppendEncode(dst, b[10:])
}

// newHostID is the second id of an answer, x-amz-id-2: 72 random bytes in base64, as long as AWS's (kinesalite).
func newHostID() string { return string(appendHostID(nil)) }

func appendHostID(dst []byte) []byte {
	var b [72]byte
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], rand.Uint64())
	}
	return kinesis.AppendBase64(dst, b[:])
}
