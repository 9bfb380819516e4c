// Worker does the [workertest.Order] of a file, its only argument.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"patchbay.example/internal/syncer/internal/workertest"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("%d arguments, want one, the file of an order", len(arguments))
	}
	text, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	var order workertest.Order
	if err := json.Unmarshal(text, &order); err != nil {
		return fmt.Errorf("read the order %s: %w", arguments[0], err)
	}
	return workertest.Work(ctx, order)
}
