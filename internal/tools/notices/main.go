package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

// errStale says that the committed page is not what would be written now.
var errStale = errors.New("docs/third-party.md is not current: go -C internal/tools run ./notices")

func main() {
	root := flag.String("root", filepath.Join("..", ".."), "the folder of the main go.mod")
	check := flag.Bool("check", false, "compare with the page instead of writing it")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *root, *check)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// run writes the page of the module at root, or with check compares it with the
// one that is there and returns errStale where they differ.
func run(ctx context.Context, root string, check bool) error {
	linked, err := linkedModules(ctx, root)
	if err != nil {
		return err
	}
	components := make([]component, 0, len(linked))
	for _, m := range linked {
		c, err := readComponent(m)
		if err != nil {
			return err
		}
		components = append(components, c)
	}
	page := render(components)
	path := filepath.Join(root, "docs", "third-party.md")
	if !check {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, page, 0o644)
	}
	committed, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the committed page: %w", err)
	}
	if string(committed) != string(page) {
		return errStale
	}
	return nil
}
