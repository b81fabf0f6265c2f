package store_test

// childTask names the task of a process that a test starts from its own binary, to kill it.
const childTask = "JIQIAO_STORE_CHILD"

func child() int { return 2 }
