// Package account is what wavetank may make in an AWS account, and must not leave behind there.
//
// A [Plan] says before anything is made what will be, which quotas it needs and what it costs; a [Meter] says while it
// runs what it has cost, against a [Budget]. A [Run] gives the names and the tags of what is made. The [Journal] has each
// resource on disk before the call that makes it. The [Cleaner] finds what a run left, by journal and by tag, and deletes
// it. [Deny] is the user's list of what is never touched, and [Policy] the least that IAM has to allow.
//
// # What is ours
//
// Nothing is deleted because its name looks like one of ours. The tags are read again right before each delete, and a
// resource is ours in one of three cases:
//
//   - it is tagged with a run, and its name begins with our prefix and that run's id;
//   - it is tagged with a run, and a journal of that run on this machine names it;
//   - it has no tag at all, a journal names it, and its name begins with that run's prefix and id. That is what a crash
//     between making and tagging leaves, where a service does not tag what it makes; a bucket must be empty as well.
//
// An event source mapping bears the tags of its function, or of its stream where the function is not tagged as ours.
//
// # Whoever makes resources
//
// Custody does what follows around each call that makes something; a target makes pipelines through it.
//
// Call [Journal.Will] before the call that makes a resource, [Journal.Made] after it, and [Journal.Gone] where the call
// was refused or the resource was deleted. Make a function's log group, with tags, before the function: Lambda makes one
// without. Tag in the call that makes, wherever the service can.
package account
