package localstack

import (
	"maps"
	"slices"
	"strings"
)

// passed are the settings of LocalStack that are taken from the user's environment.
var passed = []string{
	"LOCALSTACK_AUTH_TOKEN", "LOCALSTACK_API_KEY", "ACTIVATE_PRO", "LS_LOG", "DEBUG", "DNS_ADDRESS",
	"KINESIS_ERROR_PROBABILITY", "KINESIS_LATENCY", "KINESIS_SHARD_LIMIT", "KINESIS_MOCK_PROVIDER_ENGINE",
	"LAMBDA_DOCKER_FLAGS", "LAMBDA_DOCKER_NETWORK", "LAMBDA_IGNORE_ARCHITECTURE", "LAMBDA_KEEPALIVE_MS", "LAMBDA_LIMITS_CONCURRENT_EXECUTIONS",
	"LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT", "LAMBDA_RUNTIME_IMAGE_MAPPING",
	"LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC", "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_ERROR_SEC",
}

// environment is that of the container. labels are put on the containers that LocalStack starts for functions.
func (c *Config) environment(labels map[string]string) map[string]string {
	env := map[string]string{
		"SERVICES": strings.Join(c.Services, ","),
		// LocalStack calls home for neither statistics nor a certificate: a run needs no network.
		"DISABLE_EVENTS": "1", "SKIP_SSL_CERT_DOWNLOAD": "1",
	}
	for _, name := range passed {
		if value := c.Getenv(name); value != "" {
			env[name] = value
		}
	}
	flags := []string{}
	if own := env["LAMBDA_DOCKER_FLAGS"]; own != "" {
		flags = append(flags, own)
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		flags = append(flags, "-l "+name+"="+labels[name])
	}
	env["LAMBDA_DOCKER_FLAGS"] = strings.Join(flags, " ")
	return env
}
