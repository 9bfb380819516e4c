package program

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ErrOutput is the error of a result that could not be written.
var ErrOutput = errors.New("write the output")

// ErrOutputClosed ends a program whose reader wants no more: `| head` is no
// failure.
var ErrOutputClosed = errors.New("the output was closed by its reader")

// Output sorts the error of a write: [ErrOutputClosed] where the reader has
// left, else one that wraps [ErrOutput].
func Output(_ int, err error) error {
	switch {
	case err == nil:
		return nil
	case isClosedPipe(err):
		return ErrOutputClosed
	default:
		return fmt.Errorf("%w: %w", ErrOutput, err)
	}
}

// WriteJSON writes a value as one indented document. The error of the writing is
// as of [Output].
func WriteJSON(w io.Writer, value any) error {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return Output(io.WriteString(w, b.String()))
}

// WriteFile writes a file as of [CreateFile].
func WriteFile(path string, text []byte) error {
	return CreateFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// CreateFile writes a file of mode 0600, whole or not at all: whoever waits for
// it finds it complete. What is there already and is no regular file, such as
// /dev/stderr or a named pipe, is written to and not replaced. An error of write
// is returned as it is, unless it is the file's, which wraps [ErrOutput].
func CreateFile(path string, write func(io.Writer) error) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return writeInPlace(path, write)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".patchbay-*") // mode 0600
	if err != nil {
		return outputError(path, err)
	}
	err = fill(temporary, path, write)
	if err == nil {
		if renameErr := os.Rename(temporary.Name(), path); renameErr != nil {
			err = outputError(path, renameErr)
		}
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}

func writeInPlace(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return outputError(path, err)
	}
	return fill(file, path, write)
}

// fill writes a file and closes it.
func fill(file *os.File, path string, write func(io.Writer) error) error {
	to := &fileWriter{file: file}
	err := write(to)
	closeErr := file.Close()
	switch {
	case to.err != nil:
		return outputError(path, to.err)
	case err != nil:
		return err
	case closeErr != nil:
		return outputError(path, closeErr)
	}
	return nil
}

// fileWriter remembers the first error of a file, however the caller wraps it.
type fileWriter struct {
	file *os.File
	err  error
}

// Write implements [io.Writer].
func (w *fileWriter) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

func outputError(path string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrOutput, path, withoutPath(err))
}

// withoutPath is the reason alone of an error that names a temporary file,
// which nobody knows.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
