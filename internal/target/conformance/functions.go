package conformance

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

func functionCases() []Case {
	needs := []string{NeedsLambda}
	return []Case{
		{
			Name: "function-active", Area: "Lambda functions", Needs: needs, Makes: Makes{Functions: 1}, run: functionActive,
			Claim:  "a function is created and becomes Active",
			Source: "API reference CreateFunction",
		},
		{
			Name: "function-not-found", Area: "Lambda functions", Needs: needs, Makes: nothing, run: functionNotFound,
			Claim:  "a function that is not there: ResourceNotFoundException, status 404",
			Source: "service model",
		},
		{
			Name: "function-exists", Area: "Lambda functions", Needs: needs, Makes: Makes{Functions: 1}, run: functionExists,
			Claim:  "a function of that name again: ResourceConflictException, status 409",
			Source: "service model",
		},
	}
}

// emptyPackage is a package with a program that does nothing: enough for what is not invoked.
func emptyPackage() []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	if f, err := z.CreateHeader(&zip.FileHeader{Name: "bootstrap", ExternalAttrs: 0o755 << 16}); err == nil {
		_, _ = f.Write([]byte("#!/bin/sh\n")) // a buffer takes everything
	}
	_ = z.Close()
	return buf.Bytes()
}

// createFunction makes a function of the package, or of the empty one, and does not wait.
func (b *bench) createFunction(ctx context.Context, environment map[string]string) (string, error) {
	name, code, arch := b.name("code"), b.zip, types.ArchitectureX8664
	if len(code) == 0 {
		code = emptyPackage()
	}
	role, err := b.roleARN(ctx, FunctionRole)
	if err != nil {
		return name, at("CreateRole", err)
	}
	if b.owner != nil && !b.recorded[Function+" "+name] { // Lambda would make one without tags
		if err := b.owner.LogGroup(ctx, b.base+"-code"); err != nil {
			return name, at("CreateLogGroup", err)
		}
	}
	if runtime.GOARCH == "arm64" {
		arch = types.ArchitectureArm64
	}
	in := &lambda.CreateFunctionInput{
		FunctionName: &name, Role: role, Code: &types.FunctionCode{ZipFile: code}, Runtime: types.RuntimeProvidedal2023,
		Handler: aws.String("bootstrap"), Architectures: []types.Architecture{arch}, Timeout: aws.Int32(30), Tags: b.tags(),
	}
	if environment != nil {
		in.Environment = &types.Environment{Variables: environment}
	}
	err = b.make(ctx, Function, name, func(ctx context.Context) (string, error) {
		out, err := b.lambda.CreateFunction(ctx, in)
		if err != nil {
			return "", err
		}
		return aws.ToString(out.FunctionArn), nil
	})
	if err != nil {
		return name, at("CreateFunction", err)
	}
	b.made("function "+name, func(ctx context.Context) error {
		_, err := b.lambda.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
		return err
	})
	return name, nil
}

var errFunctionFailed = errors.New("the function is Failed")

// function makes a function and waits until it is Active.
func (b *bench) function(ctx context.Context, environment map[string]string) (string, error) {
	name, err := b.createFunction(ctx, environment)
	if err != nil {
		return name, err
	}
	return name, at("wait for Active", until(ctx, func() (bool, error) {
		out, err := b.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
		switch {
		case err != nil:
			return false, err
		case out.Configuration == nil:
			return false, errOther
		case out.Configuration.State == types.StateFailed:
			return false, errFunctionFailed
		}
		return out.Configuration.State == types.StateActive, nil
	}))
}

func functionActive(ctx context.Context, b *bench) Finding {
	start := time.Now()
	if _, err := b.function(ctx, nil); err != nil {
		return refused(err)
	}
	return does("Active after %v", time.Since(start).Round(100*time.Millisecond))
}

func functionNotFound(ctx context.Context, b *bench) Finding {
	_, err := b.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String(b.name("none"))})
	return wantsStatus(wants(err, "ResourceNotFoundException", ""), err, 404)
}

func functionExists(ctx context.Context, b *bench) Finding {
	if _, err := b.function(ctx, nil); err != nil {
		return stuck(err)
	}
	_, err := b.createFunction(ctx, nil)
	return wantsStatus(wants(err, "ResourceConflictException", ""), err, 409)
}

// wantsStatus adds the status that an error should have to a finding on the error.
func wantsStatus(f Finding, err error, status int) Finding {
	if f.Verdict == Does && statusOf(err) != status {
		return differs("status %d, not %d: %s", statusOf(err), status, explain(err))
	}
	return f
}
