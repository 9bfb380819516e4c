package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A backup is a tar file: the manifest first, then what it lists.
const (
	archiveFormat = 1
	manifestFile  = "manifest.json"
	storeSQLite   = "sqlite"
	storePostgres = "postgresql"
)

// maxManifestBytes bounds the manifest, which has some 500 bytes.
const maxManifestBytes = 16 << 10

// manifest says what a backup holds.
type manifest struct {
	Format  int            `json:"format"`
	Created time.Time      `json:"created"`
	Version string         `json:"version"` // of the program that wrote it
	Store   string         `json:"store"`
	Files   []manifestPart `json:"files"`
}

type manifestPart struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// part is a file that goes into a backup.
type part struct{ name, path string }

// writeArchive writes a backup of the parts.
func writeArchive(ctx context.Context, w io.Writer, m manifest, parts []part) error {
	for _, p := range parts {
		described, err := describePart(p)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, described)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	archive := tar.NewWriter(w)
	if err := archive.WriteHeader(tarHeader(manifestFile, int64(len(text)), m.Created)); err != nil {
		return err
	}
	if _, err := archive.Write(text); err != nil {
		return err
	}
	for i, p := range parts {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := archive.WriteHeader(tarHeader(p.name, m.Files[i].Bytes, m.Created)); err != nil {
			return err
		}
		if err := copyPart(archive, p); err != nil {
			return err
		}
	}
	return archive.Close()
}

func tarHeader(name string, size int64, at time.Time) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at, Format: tar.FormatPAX}
}

func describePart(p part) (manifestPart, error) {
	h := sha256.New()
	size, err := countPart(h, p)
	return manifestPart{Name: p.name, Bytes: size, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

func copyPart(w io.Writer, p part) error {
	_, err := countPart(w, p)
	return err
}

func countPart(w io.Writer, p part) (int64, error) {
	file, err := os.Open(p.path)
	if err != nil {
		return 0, fmt.Errorf("back up %s: %w", p.name, err)
	}
	defer func() { _ = file.Close() }()
	return io.Copy(w, file)
}

// errNoBackup is the cause of errors about a file that is no whole backup.
var errNoBackup = errors.New("it is no whole backup of Patchbay")

// readArchive reads a backup of so many bytes into a folder, where the files
// must not be, and returns what it held. What is not listed in its manifest, or
// differs from it, is an error that wraps errNoBackup.
func readArchive(r io.Reader, size int64, folder string) (manifest, error) {
	archive := tar.NewReader(r)
	m, err := readManifest(archive)
	if err != nil {
		return manifest{}, fmt.Errorf("%w: %w", errNoBackup, err)
	}
	for _, listed := range m.Files {
		next, err := archive.Next()
		if err != nil {
			return manifest{}, fmt.Errorf("%w: %s is missing: %w", errNoBackup, listed.Name, err)
		}
		// A sparse file of a few bytes could fill the disk: hence size.
		if next.Name != listed.Name || next.Size != listed.Bytes || next.Size > size || next.Typeflag != tar.TypeReg {
			return manifest{}, fmt.Errorf("%w: where %s should be is something else", errNoBackup, listed.Name)
		}
		if err := extract(archive, listed, filepath.Join(folder, listed.Name)); err != nil {
			return manifest{}, err
		}
	}
	return m, nil
}

func readManifest(archive *tar.Reader) (manifest, error) {
	first, err := archive.Next()
	if err != nil {
		return manifest{}, err
	}
	if first.Name != manifestFile || first.Size > maxManifestBytes {
		return manifest{}, errors.New("it does not begin with a manifest")
	}
	var m manifest
	if err := json.NewDecoder(archive).Decode(&m); err != nil {
		return manifest{}, fmt.Errorf("its manifest can't be read: %w", err)
	}
	if m.Format != archiveFormat {
		return manifest{}, fmt.Errorf("it is of format %d, and this version reads format %d", m.Format, archiveFormat)
	}
	want := []string{sealingKeyFile, databaseFile}
	if m.Store == storePostgres {
		want = want[:1]
	}
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, want) { // names are of ours: none leads out of the folder
		return manifest{}, errors.New("its manifest lists other files than a backup has")
	}
	return m, nil
}

// extract writes a part to a new file, if it is the one listed.
func extract(r io.Reader, listed manifestPart, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // one of our names
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(file, h), r) // ends where the header said
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: it is cut off", errNoBackup)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("restore %s: %w", listed.Name, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != listed.SHA256 {
		return fmt.Errorf("%w: %s is damaged", errNoBackup, listed.Name)
	}
	return nil
}
