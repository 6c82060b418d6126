package lambda

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"time"
)

// FunctionConfiguration describes a function as AWS does. What a modelled function does not have is left out.
type FunctionConfiguration struct {
	FunctionName     string
	FunctionArn      string
	Runtime          string `json:",omitempty"`
	Role             string `json:",omitempty"`
	Handler          string `json:",omitempty"`
	CodeSize         int64
	Description      string
	Timeout          int64 // seconds, rounded up
	MemorySize       int64 // MB
	LastModified     string
	CodeSha256       string
	Version          string
	Environment      *Environment `json:",omitempty"`
	TracingConfig    TracingConfig
	RevisionId       string
	State            string
	LastUpdateStatus string
	PackageType      string
	Architectures    []string
	EphemeralStorage EphemeralStorage
}

// Environment is a function's environment variables. A modelled function reads none.
type Environment struct{ Variables map[string]string }

// TracingConfig says that a modelled function does not trace.
type TracingConfig struct{ Mode string }

// EphemeralStorage is AWS's default.
type EphemeralStorage struct{ Size int }

// CreateFunction makes a function. It is there and Active at once. A name that is taken answers
// ResourceConflictException, a model that is not possible InvalidParameterValueException.
func (s *Service) CreateFunction(f Function) (*FunctionConfiguration, error) {
	if err := f.Validate(s.limits); err != nil {
		return nil, err
	}
	f.Model.MemorySize = cmp.Or(f.Model.MemorySize, defaultMemory)
	f.Model.Timeout = cmp.Or(f.Model.Timeout, s.limits.Timeout)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.functions[f.Name] != nil {
		return nil, errorf(CodeConflict, "Function already exist: %s", f.Name)
	}
	fn := &function{Function: f, config: s.configuration(&f)}
	s.functions[f.Name] = fn
	return fn.config, nil
}

func (s *Service) configuration(f *Function) *FunctionConfiguration {
	sum := sha256.Sum256([]byte(f.Name))
	c := &FunctionConfiguration{
		FunctionName:     f.Name,
		FunctionArn:      s.functionARN(f.Name),
		Runtime:          f.Runtime,
		Role:             f.Role,
		Handler:          f.Handler,
		Description:      f.Description,
		Timeout:          int64((f.Model.Timeout + time.Second - 1) / time.Second),
		MemorySize:       f.Model.MemorySize / mib,
		LastModified:     s.clock.Now().UTC().Format("2006-01-02T15:04:05.000-0700"),
		CodeSha256:       base64.StdEncoding.EncodeToString(sum[:]),
		Version:          "$LATEST",
		TracingConfig:    TracingConfig{Mode: "PassThrough"},
		RevisionId:       newUUID(rand.New(rand.NewPCG(s.seed, digest("revision", s.account, s.region, f.Name)))),
		State:            "Active",
		LastUpdateStatus: "Successful",
		PackageType:      cmp.Or(f.PackageType, "Zip"),
		Architectures:    slices.Clone(f.Architectures),
		EphemeralStorage: EphemeralStorage{Size: 512},
	}
	if len(c.Architectures) == 0 {
		c.Architectures = []string{"x86_64"}
	}
	if len(f.Environment) > 0 {
		c.Environment = &Environment{Variables: f.Environment}
	}
	return c
}

// function is the function of that bare name, or nil.
func (s *Service) function(name string) *function {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.functions[name]
}
