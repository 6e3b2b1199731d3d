package org

import "lotrinh/internal/kit/access"

// What may be done here.
const (
	UnitImport    access.Perm = "org.unit.import"    // change the tree of units
	UnitChange    access.Perm = "org.unit.change"    // prepare, confirm and reverse successions of units
	AccountRead   access.Perm = "org.account.read"   // see people, their posts and how to reach them
	AccountHelp   access.Perm = "org.account.help"   // unlock and reset after an identity check
	AccountManage access.Perm = "org.account.manage" // create people, give and take posts
	AccountStaff  access.Perm = "org.account.staff"  // accounts of communes' officers: issue, move, end
	AccountReview access.Perm = "org.account.review" // say each quarter who keeps the posts that no district answers for
	TokenOwn      access.Perm = "org.token.own"      // make API tokens for oneself
)

// Perms are all of them, for the policy.
var Perms = []access.Perm{UnitImport, UnitChange, AccountRead, AccountHelp, AccountManage, AccountStaff, AccountReview, TokenOwn}
