package reporting

import "slices"

// circles are the loops of a graph in which everybody has one manager or none
// (-1): each begins with its smallest number and goes on from person to manager,
// and the loop of the smallest number is the first. Somebody who is their own
// manager is none.
func circles(managers []int32) [][]int32 {
	// Everybody is walked once: a walk that meets itself has found a loop, one
	// that meets an earlier walk has not.
	walked := make([]int32, len(managers)) // the walk that came by, from 1; 0: none
	var loops [][]int32
	for start := range managers {
		walk := int32(start) + 1
		at := int32(start)
		for at >= 0 && walked[at] == 0 {
			walked[at] = walk
			if managers[at] == at {
				at = -1
				break
			}
			at = managers[at]
		}
		if at >= 0 && walked[at] == walk {
			loops = append(loops, loopFrom(managers, at))
		}
	}
	slices.SortFunc(loops, func(a, b []int32) int { return int(a[0] - b[0]) })
	return loops
}

// loopFrom is the loop that somebody is in.
func loopFrom(managers []int32, member int32) []int32 {
	first := member
	for at := managers[member]; at != member; at = managers[at] {
		first = min(first, at)
	}
	loop := []int32{first}
	for at := managers[first]; at != first; at = managers[at] {
		loop = append(loop, at)
	}
	return loop
}
