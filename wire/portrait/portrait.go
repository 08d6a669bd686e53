// Package portrait measures in a capture how a device treats its connections
// and what its clients ask of it, and writes a scenario that does the same.
package portrait
