package runner

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"rstorm/results"
)

// inside tells the test binary that it runs in a namespace of its own.
const inside = "RSTORM_TEST_INSIDE"

// private runs the calling test again, alone, in a private network namespace,
// and reports true there. Outside it reports false once that has passed.
func private(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		if err := raiseLoopback(); err != nil {
			t.Skipf("no rights in a private namespace here: %v", err) // as where AppArmor restricts it
		}
		return true
	}
	again := exec.Command(os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
	again.Env = append(os.Environ(), inside+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		again.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		again.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		again.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := again.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("no private network namespace here: %v", err)
	}
	switch {
	case err == nil && strings.Contains(string(out), "--- SKIP"):
		t.Skipf("%s", out)
	case err != nil || !strings.Contains(string(out), "--- PASS"):
		t.Fatalf("in a private namespace: %v\n%s", err, out)
	}
	return false
}

// raiseLoopback sets the interface lo up (netdevice(7)).
func raiseLoopback() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	request := struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP}
	copy(request.name[:], "lo")
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return errno
	}
	return nil
}

func TestTheKernelSentExactlyTheResetsThatTheLinkLogged(t *testing.T) {
	if !private(t) {
		return
	}
	_, report := playedBy(t, Runner{Seed: 7, Parallel: 4}, suite(t, afterExecution))
	logged := 0
	for _, trial := range report.Trials {
		logged += int(trial.Summary.Resets.Connections)
		if trial.Summary.Resets.ByOrigin[results.ByLink] != int(trial.Summary.Resets.Connections) {
			t.Errorf("%s: resets by %v", trial.Strategy, trial.Summary.Resets.ByOrigin)
		}
	}
	// A reset by the link is one RST on each of its two legs.
	if report.Kernel == nil || logged == 0 || int(report.Kernel.OutResets) != 2*logged {
		t.Errorf("the kernel sent %+v, the link logged %d connections", report.Kernel, logged)
	}
}
