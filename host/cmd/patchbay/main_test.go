//go:build unix

package main

import (
	"testing"

	"patchbay.example/internal/program/programtest"
)

func TestMain(m *testing.M) { programtest.Main(m, "patchbay") }
