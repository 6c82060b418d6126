package server

// settingOperations are the operations of what can be set of a stream.
var settingOperations = map[string]operation{}
