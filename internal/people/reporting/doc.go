// Package reporting finds out who reports to whom in a directory where nobody
// agreed on how to write that down.
//
// A record names the manager in one attribute or several, and each may hold
// another thing: the manager's id, login, e-mail address, employee number, user
// principal name, distinguished name or display name. One tenant mixes them.
// [Resolve] reads all accounts of a directory, matches every such [Reference]
// against every [Key] of everybody, in memory, and gives each account exactly one
// [Link]: a manager or none, and the [Reason].
//
// # Rules
//
// A wrong manager is worse than none. So:
//
//   - Only equal texts match, after both were written in one way: no blanks around
//     them, Unicode in its composed form (NFC), upper and lower case alike in
//     logins, addresses and names, blanks in names single, "Doe, Jane" turned to
//     "Jane Doe", and distinguished names taken apart by RFC 4514. Diacritics
//     count: "José" is not "Jose". There is no similarity.
//   - Two weaker forms, marked [Link.Normalised], are tried where the text as it
//     is matches nobody: an employee number without its leading zeros and with
//     letters of either case, and a login without what follows its "@".
//   - A distinguished name is compared with those of the accounts; where no
//     account has one, its common name (CN) is taken for a display name.
//   - A value names somebody if it is exactly one account's. It is tried by the
//     keys in the order of their strength: see [Keys]. Several accounts under one
//     key are [Ambiguous], unless a weaker key is exactly one of theirs.
//   - A value that stands for nobody, such as "n/a", is a [Placeholder] even where
//     an account is called so.
//   - An attribute that names somebody beats one that does not, whatever the keys.
//     Of two that name different people the stronger key wins, the first in the
//     record of equal ones, and the reason is [Conflict]. A value that names
//     nobody, or several, never raises a conflict.
//   - What only somebody matches who has left the directory is [OutsideSyncFilter].
//   - An inactive manager stays the manager; an own manager is a root; and a circle
//     is reported by each of its members.
//
// The pair of attribute and key that names the most people is learnt from the
// directory, or pinned by an administrator: see [Table]. Its key is tried first
// for values of its attribute, for a number may be one person's employee number
// and another one's login. Between attributes that disagree a learnt pair decides
// nothing; a pinned one wins.
//
// Nothing but people's numbers, reasons, and names of attributes leaves a [Link]:
// values of attributes are only in an [Explanation], which is for administrators.
//
// # The forest
//
// [Grow] makes trees of the links: everybody is in them exactly once, whatever the
// data. There may be many roots; none is invented to join them. Of a circle the
// link of its member with the smallest number is cut.
//
// People are numbered in the order in which they were given, from 0; -1 is nobody.
// Accounts in the order of their ids make all results stable.
package reporting
