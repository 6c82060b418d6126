package server

// tagOperations are the operations of tags and resource policies.
var tagOperations = map[string]operation{}
