# The stateless image without a machine. The database lives elsewhere, and so does a worker for long
# simulations: any host that runs the same image with the same database.
terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = module.core.server.region
}

module "core" {
  source = "../core"

  cloud             = "cloud-run"
  environment       = var.environment
  workspace         = terraform.workspace
  domain            = var.domain
  size              = var.size
  image             = var.image
  external_database = true
}

locals {
  service = module.core.service
  settings = merge(local.service.settings, {
    DATABASE_HOST = var.database.host
    DATABASE_PORT = tostring(var.database.port)
    DATABASE_NAME = var.database.name
    DATABASE_USER = var.database.user
  })
}

resource "google_service_account" "calminer" {
  account_id   = local.service.name
  display_name = "CalMiner, ${var.environment}"
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each  = var.secrets
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.calminer.email}"
}

# Run before the service is changed: gcloud run jobs execute calminer-ENVIRONMENT-migrate --wait
resource "google_cloud_run_v2_job" "migrate" {
  name                = "${local.service.name}-migrate"
  location            = module.core.server.region
  labels              = local.service.labels
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.calminer.email
      max_retries     = 0
      timeout         = "600s"

      containers {
        image   = local.service.image
        command = ["python", "scripts/run_migrations.py"]

        dynamic "env" {
          for_each = local.settings
          content {
            name  = env.key
            value = env.value
          }
        }
        dynamic "env" {
          for_each = var.secrets
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = env.value
                version = "latest"
              }
            }
          }
        }
      }
    }
  }
}

resource "google_cloud_run_v2_service" "calminer" {
  name                = local.service.name
  location            = module.core.server.region
  labels              = local.service.labels
  deletion_protection = local.service.protected
  ingress             = "INGRESS_TRAFFIC_ALL"

  template {
    service_account                  = google_service_account.calminer.email
    timeout                          = "60s"
    max_instance_request_concurrency = 20

    scaling {
      min_instance_count = local.service.instances.min
      max_instance_count = local.service.instances.max
    }

    containers {
      image = local.service.image

      ports {
        container_port = local.service.port
      }
      resources {
        limits   = { cpu = tostring(local.service.cpus), memory = local.service.memory }
        cpu_idle = false
      }
      # A revision takes traffic once its schema and database answer; it is restarted only when it is dead.
      startup_probe {
        period_seconds    = 3
        timeout_seconds   = 3
        failure_threshold = 20
        http_get {
          path = "/ready"
        }
      }
      liveness_probe {
        period_seconds    = 10
        timeout_seconds   = 3
        failure_threshold = 3
        http_get {
          path = "/health"
        }
      }

      dynamic "env" {
        for_each = local.settings
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = var.secrets
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.reads, google_cloud_run_v2_job.migrate]
}

output "address" {
  value = google_cloud_run_v2_service.calminer.uri
}

output "cost" {
  value = module.core.cost
}
