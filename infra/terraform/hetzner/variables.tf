variable "environment" { type = string }
variable "domain" { type = string }
variable "admin_cidrs" { type = list(string) }
variable "admin_keys" { type = list(string) }

variable "size" {
  type    = string
  default = null
}

variable "data_gb" {
  type    = number
  default = null
}

variable "external_database" {
  type    = bool
  default = false
}
