package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rstorm/kernel"
	"rstorm/results"
)

// ordinary is the user id of nobody.
const ordinary = 65534

// program is this program, to be run as a process of a user's, without the mark
// of a private network that this one may be in.
func program(t *testing.T, uid int, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if uid != os.Geteuid() {
		if os.Geteuid() != 0 {
			t.Skip("only root can become someone else")
		}
		open := t.TempDir() // where others may look
		if err := os.Chmod(filepath.Dir(open), 0o755); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(self)
		self = filepath.Join(open, "rstorm")
		if err = errors.Join(err, os.WriteFile(self, text, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	cmd.Dir, cmd.Stdin = "/", strings.NewReader(quick)
	if uid != os.Geteuid() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}
	}
	return cmd
}

// reported runs the program, and reads the report it prints.
func reported(t *testing.T, cmd *exec.Cmd) *results.Report {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, errs.String())
	}
	report, err := results.ReadJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// isolates reports whether a user may have private networks.
func isolates(t *testing.T, uid int) bool {
	t.Helper()
	cmd := program(t, uid, "version")
	if uid != os.Geteuid() {
		cmd = program(t, uid, "run", "-q", "--isolate", "always", "-f", "-", "--strategy", "naive", "--capture", "off")
	} else if err := kernel.Isolate(cmd); err != nil {
		return false
	}
	return cmd.Run() == nil
}

func TestARunIsIsolatedAndCapturedAsTheMachineAllows(t *testing.T) {
	if kernel.Isolated() {
		t.Skip("this is a private network already")
	}
	for _, uid := range []int{0, ordinary} {
		name := map[int]string{0: "root", ordinary: "ordinary user"}[uid]
		t.Run(name, func(t *testing.T) {
			can := isolates(t, uid)
			run := func(flags ...string) *results.Report {
				return reported(t, program(t, uid, append([]string{"run", "-q", "-f", "-", "--strategy", "naive", "--format", "json"}, flags...)...))
			}
			auto := run()
			if auto.Environment.Isolated != can || can && auto.Fidelity < 2 || can && !certified(auto) {
				t.Errorf("auto: isolated %t, want %t; fidelity %d: %s", auto.Environment.Isolated, can, auto.Fidelity, auto.Environment.FidelityNote)
			}
			if uid != 0 && can && (auto.Fidelity != 2 || !strings.Contains(auto.Environment.FidelityNote, "kernel's own reasons are not known")) {
				t.Errorf("auto: fidelity %d, because %q", auto.Fidelity, auto.Environment.FidelityNote)
			}
			never := run("--isolate", "never")
			if never.Environment.Isolated || (uid == 0) != (never.Fidelity >= 2) {
				t.Errorf("never: isolated %t; fidelity %d: %s", never.Environment.Isolated, never.Fidelity, never.Environment.FidelityNote)
			}
			if uid != 0 && (never.Fidelity != 1 || !strings.Contains(never.Environment.FidelityNote, "not permitted") || never.Trials[0].Certificate != nil) {
				t.Errorf("never: fidelity %d, because %q", never.Fidelity, never.Environment.FidelityNote)
			}
			off := run("--capture", "off")
			if off.Fidelity != 1 || off.Environment.Isolated || !strings.Contains(off.Environment.FidelityNote, "--capture off") {
				t.Errorf("off: fidelity %d, isolated %t: %s", off.Fidelity, off.Environment.Isolated, off.Environment.FidelityNote)
			}
			if can {
				if always := run("--isolate", "always", "--capture", "control"); !always.Environment.Isolated || always.Fidelity < 2 {
					t.Errorf("always: isolated %t, fidelity %d", always.Environment.Isolated, always.Fidelity)
				}
			}
		})
	}
}

// certified reports whether the capture of every trial is whole.
func certified(r *results.Report) bool {
	for _, t := range r.Trials {
		if t.Certificate == nil || !t.Certificate.Certified {
			return false
		}
	}
	return len(r.Trials) > 0
}

// refused is a process that may make no network, as where
// user.max_user_namespaces is 0: in a user namespace of its own, it takes that
// right away from itself.
func refused(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := program(t, os.Geteuid(), args...)
	cmd.Args = append([]string{"sh", "-c", `echo 0 >/proc/sys/user/max_user_namespaces && echo 0 >/proc/sys/user/max_net_namespaces && exec "$0" "$@"`, cmd.Path}, args...)
	cmd.Path = "/bin/sh"
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	probe := exec.CommandContext(t.Context(), "/bin/sh", "-c", "echo 0 >/proc/sys/user/max_net_namespaces")
	probe.SysProcAttr = cmd.SysProcAttr
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("no user namespace to be refused one in: %v %s", err, out)
	}
	return cmd
}

func TestWhereNoNetworkAndNoCaptureCanBeHadTheRunGoesOnAndSaysWhy(t *testing.T) {
	if kernel.Isolated() {
		t.Skip("this is a private network already")
	}
	r := reported(t, refused(t, "run", "-q", "-f", "-", "--strategy", "naive", "--format", "json"))
	note := r.Environment.FidelityNote
	if r.Fidelity != 1 || r.Environment.Isolated || !strings.Contains(note, "user.max_user_namespaces") || !strings.Contains(note, "not permitted") {
		t.Errorf("fidelity %d, isolated %t, because %q", r.Fidelity, r.Environment.Isolated, note)
	}
}

func TestPacketsThatCanNotBeHadAreRefusedBeforeAnythingIsSent(t *testing.T) {
	if kernel.Isolated() {
		t.Skip("this is a private network already")
	}
	for _, flags := range [][]string{{"--pcap", filepath.Join(t.TempDir(), "x.pcapng")}, {"--capture", "full"}, {"--capture", "control"}} {
		cmd := refused(t, append([]string{"run", "-f", "-"}, flags...)...)
		out, err := cmd.CombinedOutput()
		failed, ran := errors.AsType[*exec.ExitError](err)
		if !ran || failed.ExitCode() != exitBroken || !bytes.Contains(out, []byte("packets can't be captured here")) || bytes.Contains(out, []byte("burst")) {
			t.Errorf("%q: %v\n%s", flags, err, out)
		}
	}
}

// As a process that writes into a closed pipe does by itself.
func TestTheEndOfWhoReadsTheReportEndsTheRunInSilence(t *testing.T) {
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out.Close()
	var errs bytes.Buffer
	cmd := program(t, os.Geteuid(), "run", "-q", "-f", "-", "--strategy", "naive")
	cmd.Stdout, cmd.Stderr = in, &errs
	failed, ran := errors.AsType[*exec.ExitError](cmd.Run())
	if !ran || failed.ExitCode() != exitSignalled+int(syscall.SIGPIPE) && killedBy(failed) != syscall.SIGPIPE || errs.Len() > 0 {
		t.Errorf("%v\n%s", failed, errs.String())
	}
}
