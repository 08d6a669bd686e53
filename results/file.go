package results

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// WriteFile writes path by what write writes, whole or not at all: to a
// temporary file beside it, then to the disk, then under its name. If anything
// fails, whatever was at path stays as it was and nothing is left beside it. A
// link to a file is followed and a file's permissions are kept. What is no
// regular file, such as a pipe or /dev/stdout, is written directly.
func WriteFile(path string, write func(io.Writer) error) error {
	if err := writeFile(path, write); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Writable reports why WriteFile could not write path, as far as that can be
// known beforehand. It leaves nothing behind.
func Writable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.IsDir() && !info.Mode().IsRegular():
		return nil // opening a pipe and closing it would be its reader's end of file
	case err == nil:
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return f.Close()
	case errors.Is(err, fs.ErrNotExist):
		f, err := os.CreateTemp(filepath.Dir(path), ".rstorm-*")
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
	return err
}

func writeFile(path string, write func(io.Writer) error) error {
	// Opening asks everything at once: whether there is something, what it is,
	// and whether it may be written. It changes nothing.
	old, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return replace(path, 0, write)
	}
	if err != nil {
		return err
	}
	info, err := old.Stat()
	if err != nil {
		return errors.Join(err, old.Close())
	}
	if !info.Mode().IsRegular() {
		return errors.Join(buffered(old, write), old.Close())
	}
	target, err := filepath.EvalSymlinks(path)
	if err = errors.Join(err, old.Close()); err != nil {
		return err
	}
	return replace(target, info.Mode().Perm(), write)
}

// replace writes a temporary file and puts it in the place of path, with the
// given permissions or, if they are 0, those of any new file; os.CreateTemp
// would hide it from everyone else.
func replace(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	name := "." + filepath.Base(path) + "." + strconv.FormatUint(rand.Uint64(), 36)
	temporary := filepath.Join(filepath.Dir(path), name)
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, cmp.Or(mode, 0o666))
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			err = errors.Join(err, os.Remove(temporary))
		}
	}()
	if mode != 0 {
		err = f.Chmod(mode) // the umask has been at it
	}
	if err == nil {
		err = flushed(f, write)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(temporary, path); err != nil {
		return err
	}
	kept = true
	return nil
}

// flushed writes through to the disk.
func flushed(f *os.File, write func(io.Writer) error) error {
	if err := buffered(f, write); err != nil {
		return err
	}
	return f.Sync()
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}
