package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// ownAccount is the account that the user's credentials are of, in the region of the configuration.
type ownAccount struct {
	config   sdk.Config
	clients  *account.Clients
	caller   account.Caller
	deny     *account.Deny
	journals string // the folder
}

// credentialsTime is how long the chain of credentials may take: a profile may run a program, or ask another service.
const credentialsTime = 30 * time.Second

// openAccount reads the configuration as every tool of AWS does (environment, profile, instance), asks whose the
// credentials are and reads the deny list. An account on it is refused.
func openAccount(ctx context.Context) (*ownAccount, error) {
	c, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", rootCause(err))
	}
	if c.Region == "" {
		return nil, errors.New("no AWS region: set AWS_REGION, or a region in the profile that AWS_PROFILE names")
	}
	if err := hasCredentials(ctx, c); err != nil {
		return nil, err
	}
	a := &ownAccount{config: c, clients: account.NewClients(withClient(c))}
	if a.journals, err = account.JournalDir(); err != nil {
		return nil, err
	}
	path, err := account.DenyPath()
	if err != nil {
		return nil, err
	}
	if a.deny, err = account.ReadDeny(path); err != nil {
		return nil, err
	}
	if a.caller, err = a.clients.Caller(ctx); err != nil {
		return nil, err
	}
	return a, a.deny.Check(a.caller.Account, nil)
}

// hasCredentials asks the chain for credentials, so that their lack is one line.
func hasCredentials(ctx context.Context, c sdk.Config) error {
	ctx, cancel := context.WithTimeout(ctx, credentialsTime)
	defer cancel()
	if c.Credentials != nil {
		_, err := c.Credentials.Retrieve(ctx)
		if err == nil {
			return nil
		}
		if !strings.Contains(err.Error(), "IMDS") { // the end of the chain, and of interest on an instance only
			return fmt.Errorf("no AWS credentials: %w; set AWS_PROFILE or AWS_ACCESS_KEY_ID, or sign in with aws sso login", rootCause(err))
		}
	}
	return errors.New("no AWS credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID, or sign in with aws sso login")
}

// withClient has requests sent by our own HTTP client, with the proxy and the certificates of the configuration.
func withClient(c sdk.Config) sdk.Config {
	if b, ok := c.HTTPClient.(*awshttp.BuildableClient); ok {
		c.HTTPClient = httpclient.New(b.GetTransport())
	}
	return c
}

// rootCause is what a person wants to read, without the SDK's layers, on one line.
func rootCause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
