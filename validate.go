package jiqiao

// Validate implements Record.
func (n *Need) Validate() error { return nil }

// Warnings implements Record.
func (n *Need) Warnings() []FieldError { return nil }

// Validate implements Record.
func (a *Achievement) Validate() error { return nil }

// Warnings implements Record.
func (a *Achievement) Warnings() []FieldError { return nil }
