// Package errtext reads the error texts of common HTTP clients, in several
// languages, as outcomes and causes. It is for people with a log, and for
// clients that run as processes of their own; our own errors are matched by
// type and errno.
package errtext
