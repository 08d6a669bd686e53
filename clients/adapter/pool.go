package adapter

// A Pool keeps the processes of external clients between trials, so that a
// runtime is started once. It is safe for concurrent use. Its zero value is
// ready; Close ends all of its processes.
type Pool struct{}
