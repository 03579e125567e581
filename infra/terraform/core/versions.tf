# No provider on purpose: everything here is checked without an account, a registry or a network.
terraform {
  required_version = ">= 1.9"
}
