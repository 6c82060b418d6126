package server

// accountOperations are the operations of the account.
var accountOperations = map[string]operation{}
