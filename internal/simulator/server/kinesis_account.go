package server

import "github.com/wavetank/wavetank/internal/simulator/kinesis"

// accountOperations are the operations of the account.
var accountOperations = map[string]operation{
	"DescribeLimits": plain(
		func(*kinesis.DescribeLimitsInput) string { return "" },
		(*kinesis.Service).DescribeLimits),
	"DescribeAccountSettings": plain(
		func(*kinesis.DescribeAccountSettingsInput) string { return "" },
		(*kinesis.Service).DescribeAccountSettings),
	"UpdateAccountSettings": plain(
		func(*kinesis.UpdateAccountSettingsInput) string { return "" },
		(*kinesis.Service).UpdateAccountSettings),
}
