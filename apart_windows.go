package main

import "os/exec"

// apart does nothing: there are no private networks here to run cmd in.
func apart(*exec.Cmd) {}
