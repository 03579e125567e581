variable "environment" { type = string }
variable "domain" { type = string }
variable "project" { type = string }

variable "image" {
  description = "registry.example.com/calminer@sha256:..."
  type        = string
}

variable "size" {
  type    = string
  default = null
}

variable "database" {
  description = "The external PostgreSQL; its password is a secret in Secret Manager."
  type        = object({ host = string, port = optional(number, 5432), name = string, user = string })
}

variable "secrets" {
  description = "Names of the secrets in Secret Manager, by the setting that they fill."
  type        = object({ CALMINER_SECRET_KEY = string, DATABASE_PASSWORD = string })
}
