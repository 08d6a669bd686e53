// Package rstormtest plays scenarios against an HTTP client within go test.
package rstormtest
