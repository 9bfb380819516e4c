package main

import (
	"fmt"
	"strings"
)

// company is a CSV file of n people, each of whom reports to the one before.
func company(n int) string {
	var b strings.Builder
	b.WriteString("Employee ID,First name,Last name,Work e-mail,Job title,Department,Cost centre,Manager ID,Hire date,Employment status\n")
	for i := range n {
		manager := ""
		if i > 0 {
			manager = fmt.Sprintf("%05d", (i-1)/8+1)
		}
		fmt.Fprintf(&b, "%05d,First%d,Last%d,p%d@example.com,\"Specialist, level %d\",Department %d,CC-%03d,%s,2020-01-%02d,Active\n",
			i+1, i+1, i+1, i+1, i%5, i%12, i%12, manager, i%28+1)
	}
	return b.String()
}
