"""What a subsidy after the contract can be claimed on."""
