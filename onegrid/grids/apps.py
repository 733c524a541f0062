from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "onegrid.grids"
    label = "grids"
