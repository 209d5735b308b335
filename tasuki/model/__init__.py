"""The canonical models, one file each."""

from tasuki.model.activity import ACTIVITY
from tasuki.model.base import Field, Model, Shared
from tasuki.model.contact import CONTACT
from tasuki.model.customer import CUSTOMER
from tasuki.model.item import ITEM
from tasuki.model.product import PRODUCT
from tasuki.model.staff import STAFF

MODELS: dict[str, Model] = {
    model.name: model for model in (STAFF, CUSTOMER, CONTACT, PRODUCT, ITEM, ACTIVITY)
}
"""In reference order: what is pointed at comes before what points (sync-rules S18)."""

__all__ = [
    "ACTIVITY",
    "CONTACT",
    "CUSTOMER",
    "ITEM",
    "MODELS",
    "PRODUCT",
    "STAFF",
    "Field",
    "Model",
    "Shared",
]
