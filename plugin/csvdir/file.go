package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"patchbay.example/plugin"
)

// maxFileBytes is the largest file: it is read in a minute, and whoever checks a
// connection waits for two. A million people with everything that an HR system
// knows of them fit.
const maxFileBytes = 1 << 30

// errChanged says that the file is another one than before, or has other
// content: what was read of it is not one state of a company.
var errChanged = errors.New("the file changed while it was read")

// export is the file that is read.
type export struct {
	path string
	info fs.FileInfo // as it was found
}

func checked(e export) (export, error) {
	switch {
	case !e.info.Mode().IsRegular():
		return e, plugin.Refuse(reasonFileNotRegular, "%s is not a file but a device, a pipe or a socket.", quotePath(e.path))
	case e.info.Size() == 0:
		return e, plugin.Refuse(reasonFileEmpty, "The file %s is empty.", quotePath(e.path))
	case e.info.Size() > maxFileBytes:
		return e, plugin.Refuse(reasonFileTooLarge, "The file %s has %d bytes; at most %d are read.", quotePath(e.path), e.info.Size(), int64(maxFileBytes))
	default:
		return e, nil
	}
}

// open opens the file as it was found; errChanged when it is another one now.
func (e export) open() (*os.File, error) {
	file, err := os.Open(e.path)
	if err != nil {
		return nil, unreadable(e.path, err)
	}
	if err := e.unchanged(file); err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return file, nil
}

// read opens the file, hands it to f and looks afterwards whether it is still as
// it was found.
func (e export) read(ctx context.Context, f func(io.Reader) error) error {
	file, err := e.open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // nothing was written
	err = f(contextReader{ctx, file})
	if changed := e.unchanged(file); changed != nil {
		return changed // whatever was made of it
	}
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return unreadable(e.path, pathError)
	}
	return err
}

// unchanged compares an open file with what was found.
func (e export) unchanged(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return unreadable(e.path, err)
	}
	if !e.same(export{e.path, info}) {
		return errChanged
	}
	return nil
}

// same reports whether two exports are one file that was not touched between.
func (e export) same(other export) bool {
	return os.SameFile(e.info, other.info) && e.info.Size() == other.info.Size() && e.info.ModTime().Equal(other.info.ModTime())
}

// contextReader ends reading when the context ends.
type contextReader struct {
	ctx context.Context // of one pass over the file
	in  io.Reader
}

// Read implements io.Reader.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}

// unreadable is the refusal of a file that the system does not let us read.
func unreadable(path string, err error) error {
	reason, message := reasonFileUnreadable, "The file %s can't be read: %v."
	switch {
	case errors.Is(err, fs.ErrNotExist) || isNoPath(path, err):
		reason, message = reasonFileMissing, "There is no file %s: %v."
	case errors.Is(err, fs.ErrPermission):
		reason, message = reasonFileForbidden, "The file %s can't be read by the user that Patchbay runs as: %v."
	}
	cause := err
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		cause = pathError.Err
	}
	refusal := plugin.Refuse(reason, message, quotePath(path), cause)
	refusal.Cause = err
	return refusal
}

// isNoPath reports whether the path itself is at fault: it can't be that of a
// file, now or later.
func isNoPath(path string, err error) bool {
	return strings.ContainsRune(path, 0) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.ELOOP)
}

// maxQuotedPath bounds a path in a message.
const maxQuotedPath = 300

func quotePath(path string) string { return shorten(path, maxQuotedPath) }

// describe says what was found, for a person.
func (e export) describe() string {
	return fmt.Sprintf("%s, %s, modified %s.", quotePath(e.path), byteCount(e.info.Size()), e.info.ModTime().UTC().Format(time.RFC3339))
}

func byteCount(n int64) string {
	const kilo = 1000
	switch {
	case n < kilo:
		return fmt.Sprintf("%d bytes", n)
	case n < kilo*kilo:
		return fmt.Sprintf("%.1f kB", float64(n)/kilo)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/kilo/kilo)
	}
}
